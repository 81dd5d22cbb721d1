"""files: reads what people write: config files, tables, notebooks and names."""
