"""The operator's console: a web server of its own beside the service, to which it speaks over its socket.

It is another process on purpose (ADR 0033): killed, stalled or with a full disk it delays no sequence. What
it shows comes from the service's status and event files; what it asks for goes the way of `teiden off`.
"""
