"""The dialect of Open Dental API Events."""
