package dev.sluice.issuer;

import java.util.List;
import java.util.Optional;

/**
 * A demo account.
 *
 * @param name the subject of its tokens
 * @param team the team that pays
 * @param roles what it may do
 */
record Account(String name, String team, List<String> roles) {

  private static final List<Account> ALL =
      List.of(
          new Account("user1", "red", List.of("chat")),
          new Account("user2", "blue", List.of("chat")),
          new Account("ops", "operations", List.of("chat", "ops")),
          new Account("finance", "finance", List.of("chat", "finance")));

  static Optional<Account> named(String name) {
    return ALL.stream().filter(account -> account.name.equals(name)).findFirst();
  }

  static List<String> names() {
    return ALL.stream().map(Account::name).toList();
  }

  /** For a person who has named another. */
  static String choice() {
    return String.join(", ", names());
  }
}
