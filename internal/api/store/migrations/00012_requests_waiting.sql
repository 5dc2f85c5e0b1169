-- +goose Up
-- Open requests, for the counts in the menu of every page: the index alone has all that
-- they ask.
CREATE INDEX requests_waiting ON requests (project_id, requester_id, expires_at) WHERE state = 'open';
