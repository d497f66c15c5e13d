"""One local server that speaks the APIs of every system Zixin pulls from, over one synthetic world.

`app.py` puts it together, `run.py` starts it in a process of its own. One module a system; what is
common to them is `system.py` (what a stand-in is), `state.py` (clock, tokens, windows, counts),
`faults.py` (what goes wrong, and when) and `control.py` (the endpoints a test steers it with).
"""
