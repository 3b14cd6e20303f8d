"""What simulators share: wires (pty, TCP, UDP, MQTT, HTTP), faults, and a record of frames. Demo and tests only.

A simulator speaks the wire by its own byte tables; it never imports a codec.
"""
