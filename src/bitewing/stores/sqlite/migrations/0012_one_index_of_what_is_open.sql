-- What has just been added and what ends was written into two indexes; one answers for both.
DROP INDEX delivery_claimed;
DROP INDEX delivery_unsettled;
CREATE INDEX delivery_open ON delivery (state, subscription)
    WHERE (state = 'pending' OR state = 'claimed' OR state = 'held');
