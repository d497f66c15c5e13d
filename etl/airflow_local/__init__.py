"""A real Airflow on this machine for one night (`make run`) or until Ctrl-C (`make ui`).

components.py   the processes: their environment, start, stop
client.py       what is asked of Airflow's REST API
progress.py     what a person sees meanwhile
night.py        one night from trigger to verdict
__main__.py     the two commands
"""
