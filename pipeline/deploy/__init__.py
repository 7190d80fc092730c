"""Bringing a deployment to life: secrets, access rights, and what Kibana shows.

Belongs here: what is done once per installation or upgrade, by a person or by the set-up services of
docker-compose.yml. Does not belong here: anything that the pipeline does while it runs; it works with the narrow API
key that is made here.
"""
