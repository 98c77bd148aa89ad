-- One row: the newest epoch a learner has taken. Only that one may save.
CREATE TABLE IF NOT EXISTS kiss_epoch (
  name VARCHAR(64) PRIMARY KEY,
  epoch BIGINT NOT NULL
);
INSERT INTO kiss_epoch (name, epoch)
  SELECT 'learner', 0 WHERE NOT EXISTS (SELECT 1 FROM kiss_epoch WHERE name = 'learner');

-- The last two saves of the training run; the older one is for the day the newer cannot be read.
CREATE TABLE IF NOT EXISTS kiss_training (
  save_id BIGINT PRIMARY KEY,
  epoch BIGINT NOT NULL,
  run VARCHAR(255) NOT NULL,
  seed BIGINT NOT NULL,
  state VARCHAR(32) NOT NULL,
  iteration BIGINT NOT NULL,
  environment_steps BIGINT NOT NULL,
  seconds DOUBLE PRECISION NOT NULL,
  budget_seconds DOUBLE PRECISION NOT NULL,
  budget_steps BIGINT NOT NULL,
  checkpoint ${bytes} NOT NULL,
  crc BIGINT NOT NULL
);

-- Weights of registered policies by what they are.
CREATE TABLE IF NOT EXISTS kiss_policy (
  sha256 CHAR(64) PRIMARY KEY,
  policy ${bytes} NOT NULL,
  stored_at_millis BIGINT NOT NULL
);

-- Decisions: what is asked for by in columns, everything else in the record (JSON).
CREATE TABLE IF NOT EXISTS kiss_decision (
  id VARCHAR(255) PRIMARY KEY,
  cluster VARCHAR(255) NOT NULL,
  namespace VARCHAR(255) NOT NULL,
  deployment VARCHAR(255) NOT NULL,
  time_seconds DOUBLE PRECISION NOT NULL,
  recorded_at_millis BIGINT NOT NULL,
  record VARCHAR NOT NULL
);
CREATE INDEX IF NOT EXISTS kiss_decision_deployment
  ON kiss_decision (cluster, namespace, deployment, time_seconds, id);
CREATE INDEX IF NOT EXISTS kiss_decision_namespace
  ON kiss_decision (cluster, namespace, time_seconds, id);
CREATE INDEX IF NOT EXISTS kiss_decision_age ON kiss_decision (recorded_at_millis);
