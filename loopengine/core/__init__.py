"""The pure core: values in, values out; no clock, session, log, network or randomness."""
