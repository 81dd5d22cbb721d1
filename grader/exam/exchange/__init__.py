"""exam.exchange: responses and questions from and for other programs."""
