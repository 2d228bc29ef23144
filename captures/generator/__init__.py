"""Makes the sample captures and what a dissector must read out of them.

The generator encodes from the standards alone and shares no code with the plugin: it is the independent witness.
"""
