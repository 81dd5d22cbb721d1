"""What Colab has installed, by the names under which notebooks import it.

A notebook that ran in Colab may import any of these; a machine that grades may lack some, and that is not
the student's fault.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Container

COLAB = frozenset(
    """
    IPython PIL absl accelerate albumentations altair astropy bokeh bs4 cv2 cvxpy cycler datasets dateutil diffusers
    dlib einops fastai flax folium fsspec gensim geopandas gspread gym gymnasium h5py huggingface_hub imageio imgaug
    imutils ipywidgets jax jaxlib joblib kaggle keras lightgbm librosa lxml matplotlib mlxtend moviepy mpmath networkx
    nltk notebook numba numpy openai opt_einsum optax orbax packaging pandas patsy peft plotly polars pooch prettytable
    psutil pyarrow pycocotools pydantic pydot pywt requests safetensors scipy seaborn sentence_transformers
    sentencepiece shapely skimage sklearn soundfile spacy statsmodels sympy tables tabulate tensorboard tensorflow
    tensorflow_datasets tensorflow_hub tensorflow_probability termcolor textblob threadpoolctl timm tokenizers torch
    torchao torchaudio torchsummary torchtune torchvision torchdata tqdm transformers ultralytics umap wandb wordcloud
    xarray xgboost yaml yellowbrick
    """.split()  # noqa: SIM905  (a list of strings would take four screens)
)
"""Its usual names, but for gdown, which has a stand-in here; what is not among them stops a cell as it would there."""


def is_missing(name: str, stated: Container[str]) -> bool:
    """Whether a top-level package is one that Colab has or the course states, and is not installed here."""
    return (name in COLAB or name in stated) and importlib.util.find_spec(name) is None
