package io.kiss.cluster.journal;

/** Where the two databases differ. */
enum Dialect {
  H2(
      "org.h2.Driver",
      "slick.jdbc.H2Profile$",
      "schema/h2/h2-create-schema.sql",
      "BLOB",
      "MERGE INTO %s (%s) KEY (%s) VALUES (%s)"),
  POSTGRES(
      "org.postgresql.Driver",
      "slick.jdbc.PostgresProfile$",
      "schema/postgres/postgres-create-schema.sql",
      "BYTEA",
      "INSERT INTO %1$s (%2$s) VALUES (%4$s) ON CONFLICT (%3$s) DO NOTHING");

  private final String driver;
  private final String slickProfile;
  private final String akkaScript;
  private final String bytesType;
  private final String insertOnce;

  Dialect(
      String driver, String slickProfile, String akkaScript, String bytesType, String insertOnce) {
    this.driver = driver;
    this.slickProfile = slickProfile;
    this.akkaScript = akkaScript;
    this.bytesType = bytesType;
    this.insertOnce = insertOnce;
  }

  String driver() {
    return driver;
  }

  String slickProfile() {
    return slickProfile;
  }

  /** Akka Persistence's own script, a resource of its jar. */
  String akkaScript() {
    return akkaScript;
  }

  /** Type of a column of any number of bytes. */
  String bytesType() {
    return bytesType;
  }

  /** An insert that leaves alone, or writes the same again, where the key is there already. */
  String insertOnce(String table, String columns, String key, String values) {
    return insertOnce.formatted(table, columns, key, values);
  }
}
