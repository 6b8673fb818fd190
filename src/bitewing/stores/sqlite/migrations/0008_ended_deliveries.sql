-- What has ended is found by its age, however much that is held lies before it.
CREATE INDEX delivery_ended ON delivery (created_at)
    WHERE state IN ('delivered', 'exhausted', 'cancelled');
