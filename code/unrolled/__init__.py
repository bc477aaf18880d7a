"""The code of the course *Learning to Remember*: recurrent networks, built to be read.

The modules form floors, and imports point only downwards:

====== ====================================================================
floor  modules
====== ====================================================================
5      `cli` (the sentiment model on the command line; `__main__` calls it),
       `live` (figures that move, in a notebook)
4      `plots`, `experiments`
3      `training`, `metrics`, `flow`, `surgery`, `fast`, `stacks`, `bridge`,
       `pretraining`, `quantization`, `baselines`, `calibration`, `probes`
2      `models` (torch), `layers` (NumPy: a cell over time), `variants` (of the LSTM),
       `language` (a language model), `checkpoints`,
       `portable` (an exported model at work)
1      `cells` (NumPy: one step), `ports` (weights in other libraries), `data`
0      `functional`, `gradcheck`, `seeding`, `exercises`
====== ====================================================================

Nothing is imported here, so that the NumPy floors can be used without waiting for torch.
"""

__version__ = "0.2.0"
