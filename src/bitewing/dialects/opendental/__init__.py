"""The dialect of Open Dental's API Events: names, bodies, headers, and what its API asks."""
