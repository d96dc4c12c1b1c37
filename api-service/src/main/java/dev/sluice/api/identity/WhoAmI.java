package dev.sluice.api.identity;

import dev.sluice.common.id.Caller;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /api/me}: whom a token names; the pages offer each account what it may use. */
@RestController
class WhoAmI {
  record Account(String user, String team, List<String> roles) {}

  @GetMapping("/api/me")
  Account me(Caller caller) {
    return new Account(caller.user(), caller.team(), caller.roles().stream().sorted().toList());
  }
}
