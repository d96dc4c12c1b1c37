package dev.sluice.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.localstack.process.Commands;
import dev.sluice.localstack.process.Signal;
import dev.sluice.localstack.process.StackException;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over real Kafka, Redis and Postgres. */
class LocalStackTest {

  @TempDir Path folder;

  @Test
  void data_outlives_the_stack_and_every_kind_of_end() throws Exception {
    try (var stack = LocalStack.start(infrastructure())) {
      write(stack);
      assertThat(stack.parts()).extracting(Part::state).containsOnly(PartState.READY);
      stack.postgres().kill();
      stack.kafka().kill();
      stack.redis().stop();
      List.of(stack.redis(), stack.kafka(), stack.postgres()).forEach(Part::start);
      requireWritten(stack);
    }
    assertThat(StackFile.read(folder)).isEmpty();
    try (var stack = LocalStack.start(infrastructure())) {
      requireWritten(stack);
    }
  }

  @Test
  void what_a_killed_stack_left_running_is_ended_by_the_next_start() throws Exception {
    var other = stackInItsOwnJvm();
    var file = StackFile.read(folder).orElseThrow();
    // Its guard first: it would end the parts
    other.toHandle().children().filter(this::isGuard).forEach(ProcessHandle::destroyForcibly);
    Signal.KILL.send(other.pid());
    other.waitFor();
    assertThat(file.parts())
        .allSatisfy(part -> assertThat(part.running()).as(part.name()).isPresent());

    try (var stack = LocalStack.start(infrastructure())) {
      assertThat(file.parts())
          .allSatisfy(part -> assertThat(part.running()).as(part.name()).isEmpty());
      write(stack);
    }
  }

  @Test
  void a_killed_stack_leaves_nothing_running() throws Exception {
    var other = stackInItsOwnJvm();
    var parts = StackFile.read(folder).orElseThrow().parts();
    var handles = parts.stream().map(part -> part.running().orElseThrow()).toList();
    Signal.KILL.send(other.pid());

    for (var handle : handles) {
      handle.onExit().get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void a_part_that_dies_is_started_again_where_that_is_wanted() throws Exception {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    var options =
        StackOptions.in(folder).infrastructureOnly().restarts(true).progress(told::add).build();
    try (var stack = LocalStack.start(options)) {
      told.clear();
      Signal.KILL.send(stack.redis().pid().orElseThrow());

      assertThat(told.poll(20, TimeUnit.SECONDS)).startsWith("redis died (exit 137); starting it");
      assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo("redis is ready again");
    }
  }

  @Test
  void a_second_stack_on_the_same_folder_is_refused() {
    try (var _ = DataFolder.take(folder, new Random(1)).orElseThrow()) {
      assertThatThrownBy(() -> LocalStack.start(infrastructure()))
          .isInstanceOf(StackException.class)
          .hasMessage("already running; ./sluice down stops it");
    }
  }

  @Test
  void a_taken_port_is_told_before_anything_is_started() throws IOException {
    try (var taken = new ServerSocket(0)) {
      var options = StackOptions.in(folder).apiPort(taken.getLocalPort()).build();

      assertThatThrownBy(() -> LocalStack.start(options))
          .hasMessage(
              "port %d is taken: free it, or choose another with --port N", taken.getLocalPort());
    }
    assertThat(StackFile.read(folder)).isEmpty();
  }

  @Test
  void a_service_that_was_not_built_is_told_before_anything_is_started() {
    var options = StackOptions.in(folder).home(folder).simulator(false).build();

    assertThatThrownBy(() -> LocalStack.start(options))
        .hasMessageContaining("-service.jar is missing: build it with ./sluice mvn");
    assertThat(StackFile.read(folder)).isEmpty();
  }

  private StackOptions infrastructure() {
    return StackOptions.in(folder).infrastructureOnly().build();
  }

  private static void write(LocalStack stack) throws Exception {
    try (var kafka = Admin.create(Map.of("bootstrap.servers", stack.kafka().url()))) {
      kafka.createTopics(Set.of(new NewTopic("kept", 1, (short) 1))).all().get();
    }
    try (var redis = RedisClient.create(stack.redis().url());
        var connection = redis.connect()) {
      connection.sync().set("kept", "yes");
    }
    sql(stack, "create table kept as select 'yes' as kept");
  }

  private static void requireWritten(LocalStack stack) throws Exception {
    try (var kafka = Admin.create(Map.of("bootstrap.servers", stack.kafka().url()))) {
      assertThat(kafka.listTopics().names().get()).contains("kept");
    }
    try (var redis = RedisClient.create(stack.redis().url());
        var connection = redis.connect()) {
      assertThat(connection.sync().get("kept")).isEqualTo("yes");
    }
    sql(stack, "select kept from kept");
  }

  private static void sql(LocalStack stack, String statement) throws SQLException {
    var postgres = stack.postgres().details();
    try (var connection =
            DriverManager.getConnection(
                postgres.get("jdbc_url"), postgres.get("user"), postgres.get("password"));
        var prepared = connection.createStatement()) {
      prepared.execute(statement);
    }
  }

  private Process stackInItsOwnJvm() throws IOException {
    var process =
        new ProcessBuilder(
                Commands.java(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Commands.classPath(),
                StackOfItsOwn.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
    return process;
  }

  private boolean isGuard(ProcessHandle child) {
    return child.info().command().orElse("").matches(".*/(sh|dash|bash)");
  }

  /** A stack that somebody else may kill. */
  static final class StackOfItsOwn {
    private StackOfItsOwn() {}

    public static void main(String[] args) throws InterruptedException {
      try (var _ =
          LocalStack.start(StackOptions.in(Path.of(args[0])).infrastructureOnly().build())) {
        System.out.println("ready");
        Thread.currentThread().join();
      }
    }
  }
}
