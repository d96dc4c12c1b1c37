package dev.sluice.localstack.program;

import dev.sluice.localstack.process.StackException;
import java.util.Locale;

/** Operating system and processor, in the words of those who package Redis and Postgres. */
record Platform(String os, boolean arm) {

  static Platform current() {
    var name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    var arch = System.getProperty("os.arch");
    boolean arm = arch.equals("aarch64") || arch.equals("arm64");
    if (!arm && !arch.equals("amd64") && !arch.equals("x86_64")) {
      throw new StackException("the local stack has no Redis and Postgres for " + arch);
    }
    if (name.contains("mac")) {
      return new Platform("darwin", arm);
    }
    if (name.contains("linux")) {
      return new Platform("linux", arm);
    }
    throw new StackException(
        "the local stack runs on Linux and macOS, not on %s: use docker-compose".formatted(name));
  }

  String redisBinary() {
    return "redis-server-7.0.15-%s-%s".formatted(os, arm ? "arm64" : "amd64");
  }

  String postgresArchive() {
    return "postgres-%s-%s.txz".formatted(os, arm ? "arm_64" : "x86_64");
  }
}
