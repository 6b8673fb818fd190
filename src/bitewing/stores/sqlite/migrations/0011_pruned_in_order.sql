-- What has ended is found by a walk; the index was written for every Delivery and read once.
DROP INDEX delivery_ended;
