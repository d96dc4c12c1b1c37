package dev.sluice.localstack.program;

import dev.sluice.localstack.process.Commands;
import dev.sluice.localstack.process.LogFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * A real broker and its controller in one child JVM (KRaft).
 *
 * @param folder of its data and settings
 * @param clusterId stays the same for the life of the folder
 */
public record KafkaProgram(
    Path folder, int port, int controllerPort, String clusterId, boolean quickStart)
    implements Program {

  private static final String PREFIX = "KAFKA_";

  @Override
  public PartKind kind() {
    return PartKind.KAFKA;
  }

  /** Bootstrap server, {@code host:port}. */
  @Override
  public String url() {
    return "127.0.0.1:" + port;
  }

  @Override
  public Process launch(LogFile log) throws IOException {
    Files.createDirectories(folder);
    var settings = folder.resolve("server.properties");
    try (var writer = Files.newBufferedWriter(settings)) {
      properties().store(writer, "Written at each start from infra/settings/kafka.env");
    }
    var options = new ArrayList<>(List.of("-Xmx512m"));
    options.add("-Dlogback.configurationFile=broker-logging.xml");
    options.addAll(quickStart ? Child.QUICK_START : List.of("-XX:+UseG1GC"));
    options.addAll(List.of("-cp", Commands.classPath()));
    return Child.launchJvm(
        options,
        List.of(BrokerMain.class.getName(), settings.toString(), clusterId),
        Map.of(),
        log);
  }

  @Override
  public boolean isReady(LogFile log) {
    return log.contains(BrokerMain.READY);
  }

  private Properties properties() {
    var properties = new Properties();
    Settings.pairs("kafka.env")
        .forEach((key, value) ->
            properties.setProperty(
                key.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '.'), value));
    properties.setProperty("process.roles", "broker,controller");
    properties.setProperty("node.id", "1");
    properties.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    properties.setProperty(
        "listeners",
        "CLIENT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controllerPort));
    properties.setProperty("advertised.listeners", "CLIENT://" + url());
    properties.setProperty(
        "listener.security.protocol.map", "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    properties.setProperty("inter.broker.listener.name", "CLIENT");
    properties.setProperty("controller.listener.names", "CONTROLLER");
    properties.setProperty("log.dirs", folder.resolve("data").toString());
    return properties;
  }
}
