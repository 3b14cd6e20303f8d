"""A device's own place on a link: ask, tell, and wait for answers.

Inside a command method, `handshake` or `refresh`:

    answer = await self.link.exchange(codec.power(on=True), until=codec.answers_power)

`until` gets each message of this device and returns the answer, or None when the message is not it. It must name all
that the protocol carries (address, opcode, argument, sequence number), so that a late answer is never taken for the
next command. What no `until` wants still goes to `on_message`.
"""
