package dev.sluice.benchmarks.budget;

import dev.sluice.benchmarks.Run;
import dev.sluice.localstack.LocalStack;
import dev.sluice.localstack.Part;
import dev.sluice.localstack.program.PartKind;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.TopicPartition;

/** Sluice's workers as processes of their own on a real stack, with more of them on demand. */
final class Fleet implements AutoCloseable {
  private static final String GROUP = "sluice-workers";
  private static final int STARTS_AT_ONCE = 4;
  private static final String PARTITIONS = "48";
  private static final Set<String> LANES =
      Arrays.stream(Limiter.values())
          .map(limiter -> Account.under(limiter, 1).lane().topic())
          .collect(Collectors.toSet());
  private static final Duration SPREAD_WITHIN = Duration.ofSeconds(60);
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  private final LocalStack stack;
  private final Admin admin;
  private final RedisClient redisClient;
  private final RedisCommands<String, String> redis;

  private Fleet(LocalStack stack) {
    this.stack = stack;
    this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka()));
    this.redisClient = RedisClient.create(stack.redis().url());
    this.redis = redisClient.connect().sync();
  }

  /**
   * One worker, no api: requests are put on their lane as the api-service puts them there. JVMs are
   * started the quick way, which costs speed later: figures here are shares and counts, the load is
   * a few requests a second, and 16 of them start on a small machine.
   */
  static Fleet start(Run run, Duration minute, Network network) {
    var options =
        run.stack()
            .quickStart(true)
            .apis(0)
            .tier(Account.TIER)
            .environment(PartKind.WORKER, "OPENAI_BASE_URL", network.url() + "/v1")
            .environment(PartKind.WORKER, "SPRING_APPLICATION_JSON", Account.settings())
            .environment(PartKind.WORKER, "SLUICE_TOPICS_LANE_PARTITIONS", PARTITIONS)
            .environment(PartKind.WORKER, "SLUICE_BUDGETSCHEDULE_MINUTE", minute.toMillis() + "ms");
    var stack = LocalStack.start(options.build());
    // When the first worker ends it leaves an archive of its classes, with which all start in half
    // the time.
    stack.worker(1).stop();
    stack.worker(1).start();
    network.leadsTo(stack.simulator().url());
    return new Fleet(stack);
  }

  Provider provider() {
    return new Provider(stack.simulator().url());
  }

  /** Its bootstrap address. */
  String kafka() {
    return stack.kafka().url().replaceFirst("^.*//", "");
  }

  RedisCommands<String, String> redis() {
    return redis;
  }

  int size() {
    return workers().size();
  }

  WorkerMetrics metrics() {
    return WorkerMetrics.of(workers().stream().map(Part::url).toList());
  }

  /** Calls that the worker which has made fewest has made since it started. */
  double fewestCalls() {
    return workers().stream()
        .map(worker -> WorkerMetrics.of(List.of(worker.url())))
        .mapToDouble(metrics -> metrics.counter("sluice_attempts_total").orElse(0))
        .min()
        .orElse(0);
  }

  private List<Part> workers() {
    return stack.parts(PartKind.WORKER);
  }

  /** Returns when there are so many workers and each has its share of the lanes. */
  void grow(int number) throws InterruptedException {
    try (var threads = Executors.newFixedThreadPool(STARTS_AT_ONCE)) {
      var starts =
          IntStream.range(size(), number)
              .mapToObj(_ -> threads.submit(() -> stack.addWorker()))
              .toList();
      for (var start : starts) start.get();
    } catch (ExecutionException failed) {
      throw new IllegalStateException("a worker did not start", failed.getCause());
    }
    awaitSpread(number);
  }

  private void awaitSpread(int number) throws InterruptedException {
    long deadline = System.nanoTime() + SPREAD_WITHIN.toNanos();
    for (var members = members(); !isSpread(members, number); members = members()) {
      if (System.nanoTime() - deadline > 0)
        throw new IllegalStateException(
            "the lanes are not spread over %d workers".formatted(number));
      TimeUnit.NANOSECONDS.sleep(LOOK_EVERY.toNanos());
    }
  }

  private boolean isSpread(List<MemberDescription> members, int number) {
    return members.size() == number
        && members.stream()
            .allMatch(member -> {
              var held = member.assignment().topicPartitions();
              boolean settled =
                  member
                      .targetAssignment()
                      .map(target -> target.topicPartitions().equals(held))
                      .orElse(true);
              return settled && LANES.stream().allMatch(lane -> holds(held, lane));
            });
  }

  private static boolean holds(Set<TopicPartition> held, String lane) {
    return held.stream().anyMatch(partition -> partition.topic().equals(lane));
  }

  private List<MemberDescription> members() throws InterruptedException {
    try {
      return admin.describeConsumerGroups(List.of(GROUP)).all().get().values().stream()
          .flatMap(group -> group.members().stream())
          .toList();
    } catch (ExecutionException unavailable) {
      throw new IllegalStateException("Kafka does not describe the workers", unavailable);
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(1));
    redisClient.shutdown();
    workers().forEach(Part::kill); // nothing of theirs is kept
    stack.close();
  }
}
