from . import forgotten
