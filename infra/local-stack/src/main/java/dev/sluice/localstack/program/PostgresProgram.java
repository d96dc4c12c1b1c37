package dev.sluice.localstack.program;

import dev.sluice.localstack.process.LogFile;
import dev.sluice.localstack.process.ProcessIdentity;
import dev.sluice.localstack.process.Signal;
import dev.sluice.localstack.process.StackException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A real Postgres, from the binaries inside a Maven artifact, with the database {@code sluice} and
 * the roles that may use it.
 *
 * @param folder of its binaries and its data
 * @param password of the superuser {@code postgres}; those of the roles are made of it, and it
 *     cannot be made of them
 */
public record PostgresProgram(Path folder, int port, String password) implements Program {

  // The server is our own child rather than pg_ctl's: its exit is seen at once, its log is ours,
  // and no postmaster stays behind unseen. After a SIGKILL of the whole stack one may still run
  // on the data folder, and a new one would find its port and folder taken: it is ended first.

  /** Owns the tables: migrations and rate cards. */
  public static final String OWNER = "sluice_owner";

  /** Adds to the ledger, and can change nothing in it. */
  public static final String WRITER = "sluice_writer";

  /** Reads the views. */
  public static final String FINANCE = "sluice_finance";

  private static final String NAME = "sluice";
  private static final Duration GRACE = Duration.ofSeconds(10);

  @Override
  public PartKind kind() {
    return PartKind.POSTGRES;
  }

  @Override
  public String url() {
    return "postgresql://127.0.0.1:%d/%s".formatted(port, NAME);
  }

  @Override
  public Map<String, String> details() {
    var details = new LinkedHashMap<String, String>(); // printed in this order
    details.put("jdbc_url", jdbcUrl(NAME));
    details.put("user", OWNER);
    details.put("password", password(OWNER));
    details.put("writer_user", WRITER);
    details.put("writer_password", password(WRITER));
    details.put("finance_user", FINANCE);
    details.put("finance_password", password(FINANCE));
    return details;
  }

  @Override
  public Process launch(LogFile log) throws IOException {
    var binaries = binaries();
    endOrphan();
    if (!Files.exists(data().resolve("PG_VERSION"))) {
      initialise(binaries, log);
    }
    var command = notAsRoot(binaries.resolve("postgres").toString(), "-D", data().toString());
    settings().forEach((key, value) -> command.addAll(List.of("-c", key + "=" + value)));
    return Child.launch(command, Map.of(), log);
  }

  @Override
  public boolean isReady(LogFile log) {
    return log.contains("database system is ready to accept connections");
  }

  @Override
  public void whenReady() {
    try (var connection = DriverManager.getConnection(jdbcUrl("postgres"), "postgres", password)) {
      for (var role : List.of(OWNER, WRITER, FINANCE)) {
        if (isMissing(connection, "select 1 from pg_roles where rolname = '%s'", role)) {
          execute(connection, "create role %s login", role);
        }
        execute(connection, "alter role %s password '" + password(role) + "'", role);
      }
      if (isMissing(connection, "select 1 from pg_database where datname = '%s'", NAME)) {
        execute(connection, "create database %s owner " + OWNER, NAME);
      }
      adopt(connection);
    } catch (SQLException e) {
      throw new StackException("postgres refuses to make its database: " + e.getMessage(), e);
    }
  }

  /** Data of older builds belongs to the role {@code sluice}, which did everything. */
  private void adopt(Connection connection) throws SQLException {
    if (isMissing(connection, "select 1 from pg_roles where rolname = '%s'", NAME)) {
      return;
    }
    try (var database = DriverManager.getConnection(jdbcUrl(NAME), "postgres", password)) {
      execute(database, "reassign owned by %s to " + OWNER, NAME);
      execute(database, "drop role %s", NAME);
    }
  }

  private String password(String role) {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256")
              .digest((password + '/' + role).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Fast shutdown: TERM would wait for every client to leave. */
  @Override
  public Signal stopSignal() {
    return Signal.INT;
  }

  private String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
  }

  private Path data() {
    return folder.resolve("data");
  }

  private Map<String, String> settings() {
    var settings = new LinkedHashMap<>(Settings.pairs("postgres.conf"));
    settings.put("listen_addresses", "127.0.0.1");
    settings.put("port", Integer.toString(port));
    settings.put("unix_socket_directories", "");
    return settings;
  }

  private Path binaries() throws IOException {
    var installed = folder.resolve("server");
    if (!Files.isDirectory(installed)) {
      // Moved into place when whole: a start that was cut short is repeated.
      var half = Files.createTempDirectory(Files.createDirectories(folder), "server-");
      Resources.unpack(Platform.current().postgresArchive(), half);
      Files.move(half, installed, StandardCopyOption.ATOMIC_MOVE);
    }
    return installed.resolve("bin");
  }

  private void initialise(Path binaries, LogFile log) throws IOException {
    var secret =
        Files.createTempFile(
            folder,
            "password",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(secret, password + "\n");
      var command =
          notAsRoot(
              binaries.resolve("initdb").toString(),
              "--pgdata=" + data(),
              "--username=postgres",
              "--pwfile=" + secret,
              "--auth=scram-sha-256",
              "--encoding=UTF8",
              "--no-locale",
              "--locale-provider=builtin",
              "--builtin-locale=C.UTF-8",
              "--no-instructions");
      var initdb = Child.launch(command, Map.of(), log);
      if (!initdb.waitFor(60, TimeUnit.SECONDS) || initdb.exitValue() != 0) {
        initdb.destroyForcibly();
        throw new StackException(
            "postgres could not be installed: %s; see %s"
                .formatted(log.lastMeaningfulLine(), log.path()));
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new StackException("interrupted while postgres was installed", interrupted);
    } finally {
      Files.delete(secret);
    }
  }

  /** Ends a server that a killed stack left running on this folder. */
  private void endOrphan() throws IOException {
    var pidFile = data().resolve("postmaster.pid");
    if (!Files.exists(pidFile)) {
      return;
    }
    var lines = Files.readAllLines(pidFile);
    if (!lines.isEmpty()) {
      ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
          .filter(this::isOurs)
          .ifPresent(postmaster -> {
            var all = new ArrayList<>(postmaster.descendants().toList());
            all.addFirst(postmaster);
            all.stream()
                .map(ProcessIdentity::of)
                .forEach(process -> process.end(Signal.INT, GRACE));
          });
    }
    // A pid that now belongs to somebody else would make the server refuse to start.
    Files.deleteIfExists(pidFile);
  }

  private boolean isOurs(ProcessHandle process) {
    return process.info().command().filter(path -> path.startsWith(folder.toString())).isPresent();
  }

  /**
   * The command such that Postgres, which refuses to run as root, does not see that it does: in a
   * user namespace of its own it is nobody.
   */
  private static List<String> notAsRoot(String... command) {
    var all = new ArrayList<String>();
    if (System.getProperty("user.name").equals("root")) {
      all.addAll(List.of("unshare", "-U"));
    }
    all.addAll(List.of(command));
    return all;
  }

  private static boolean isMissing(Connection connection, String query, String name)
      throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(query.formatted(name))) {
      return !rows.next();
    }
  }

  private static void execute(Connection connection, String command, String name)
      throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(command.formatted(name));
    }
  }
}
