-- What a project's agents may cost in a day, in millionths of a dollar; NULL where the server's default counts.
ALTER TABLE project ADD COLUMN daily_cap INTEGER CHECK (daily_cap >= 0);
