"""YAML to models: strict reading, checking with places, last-good generations, reload plans."""
