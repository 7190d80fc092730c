"""Mappings, settings, JSON Schemas and Kibana objects, as files beside this one.

Belongs here: data that describes what is stored and shown. Does not belong here: code.
"""
