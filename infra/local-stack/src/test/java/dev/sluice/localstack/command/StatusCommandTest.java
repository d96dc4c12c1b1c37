package dev.sluice.localstack.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.localstack.LocalStack;
import dev.sluice.localstack.StackOptions;
import dev.sluice.localstack.process.Signal;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class StatusCommandTest {

  @TempDir Path folder;

  @Test
  void where_nothing_runs_nothing_is_ready() {
    assertThat(JsonMapper.shared().writeValueAsString(new StatusCommand(folder).status()))
        .isEqualTo("{\"ready\":false,\"url\":null,\"parts\":[]}");
  }

  @Test
  void tools_find_every_part_and_what_its_clients_need() throws Exception {
    try (var stack = LocalStack.start(StackOptions.in(folder).infrastructureOnly().build())) {
      var status = new StatusCommand(folder).status();

      assertThat(status.ready()).isTrue();
      assertThat(status.parts())
          .extracting(part -> part.get("kind"))
          .containsExactly("kafka", "redis", "postgres");
      assertThat(status.parts().getFirst())
          .containsEntry("name", "kafka")
          .containsEntry("pid", stack.kafka().pid().orElseThrow())
          .containsEntry("url", stack.kafka().url())
          .containsEntry("state", "ready");
      assertThat(status.parts().getLast()).containsKeys("jdbc_url", "user", "password");

      var redis = ProcessHandle.of(stack.redis().pid().orElseThrow()).orElseThrow();
      Signal.KILL.send(redis.pid());
      redis.onExit().get(10, TimeUnit.SECONDS);
      status = new StatusCommand(folder).status();

      assertThat(status.ready()).isFalse();
      assertThat(status.parts().get(1)).containsEntry("state", "dead").containsEntry("pid", null);
    }
  }
}
