"""A year rehearsed: a made-up caseload on a virtual clock, through the real engine and a real database."""

from loopengine.rehearsal.caseload import Caseload, default_caseload, load_caseload
from loopengine.rehearsal.rehearsing import Rehearsal, rehearse

__all__ = ["Caseload", "Rehearsal", "default_caseload", "load_caseload", "rehearse"]
