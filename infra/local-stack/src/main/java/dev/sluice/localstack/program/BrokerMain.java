package dev.sluice.localstack.program;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.utils.Time;

/** The broker's own JVM: formats the log folder once, then runs Kafka until it is told to stop. */
final class BrokerMain {

  static final String READY = "Broker is ready";

  private BrokerMain() {}

  /** Arguments: the file of the broker's properties and the id of the cluster. */
  public static void main(String[] args) throws IOException {
    var settings = Path.of(args[0]);
    var properties = new Properties();
    try (Reader reader = Files.newBufferedReader(settings)) {
      properties.load(reader);
    }
    if (!Files.exists(Path.of(properties.getProperty("log.dirs"), "meta.properties"))) {
      format(settings, args[1]);
    }
    var broker = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
    Runtime.getRuntime().addShutdownHook(new Thread(broker::shutdown, "stop broker"));
    broker.startup(); // returns when the controller has let the broker in
    System.out.println(READY);
    broker.awaitShutdown();
  }

  private static void format(Path settings, String clusterId) {
    int code =
        StorageTool.execute(
            new String[] {"format", "--cluster-id", clusterId, "--config", settings.toString()},
            System.out);
    if (code != 0) {
      throw new IllegalStateException("formatting the log folder ended with code " + code);
    }
  }
}
