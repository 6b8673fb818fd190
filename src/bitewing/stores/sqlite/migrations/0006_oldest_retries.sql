-- The failing Delivery that was first tried first probes a parked Endpoint.
CREATE INDEX delivery_retrying ON delivery (endpoint, first_tried_at)
    WHERE state = 'pending' AND blocked = 0 AND is_retry = 1;
