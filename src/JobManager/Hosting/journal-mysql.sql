-- The journal's tables on MySQL and MariaDB, as Akka.Persistence.Sql reads and writes them. The unique key is what stops a
-- leader or a JobMaster that has been replaced.
CREATE TABLE IF NOT EXISTS journal (
  ordering BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  created BIGINT NOT NULL,
  deleted TINYINT(1) NOT NULL,
  persistence_id VARCHAR(255) NOT NULL,
  sequence_number BIGINT NOT NULL,
  message LONGBLOB NOT NULL,
  manifest VARCHAR(500) NULL,
  identifier INT NULL,
  writer_uuid VARCHAR(128) NULL,
  UNIQUE KEY journal_uq (persistence_id, sequence_number),
  KEY journal_created_idx (created),
  KEY journal_sequence_number_idx (sequence_number)) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS tags (
  ordering_id BIGINT NOT NULL,
  tag VARCHAR(64) NOT NULL,
  sequence_nr BIGINT NOT NULL,
  persistence_id VARCHAR(255) NOT NULL,
  PRIMARY KEY (ordering_id, tag),
  KEY tags_persistence_id_sequence_nr_idx (persistence_id, sequence_nr),
  KEY tags_tag_idx (tag)) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS snapshot (
  persistence_id VARCHAR(255) NOT NULL,
  sequence_number BIGINT NOT NULL,
  created BIGINT NOT NULL,
  snapshot LONGBLOB NULL,
  manifest VARCHAR(500) NULL,
  serializer_id INT NULL,
  PRIMARY KEY (persistence_id, sequence_number),
  KEY snapshot_sequence_number_idx (sequence_number),
  KEY snapshot_created_idx (created)) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
