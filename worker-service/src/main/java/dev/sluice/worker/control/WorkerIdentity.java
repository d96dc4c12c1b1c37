package dev.sluice.worker.control;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.UUID;

/**
 * Who this worker is.
 *
 * @param id the same after a restart
 * @param instance of this start alone
 * @param version of the build
 */
record WorkerIdentity(String id, String instance, String version, String host, Instant startedAt) {

  static WorkerIdentity of(WorkerProperties properties, int port, Instant now) {
    var host = hostName();
    var id = properties.id() == null ? host + "-" + port : properties.id();
    var version = WorkerIdentity.class.getPackage().getImplementationVersion();
    return new WorkerIdentity(
        id, UUID.randomUUID().toString(), version == null ? "unknown" : version, host, now);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "localhost";
    }
  }
}
