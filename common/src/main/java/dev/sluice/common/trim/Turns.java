package dev.sluice.common.trim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** The turns of a conversation, as far as they may be left out. Immutable. */
final class Turns {
  /*
   * A turn is a user's message and what follows it, up to the next one; what comes before the first
   * is a turn too. Instructions belong to none and stay. Turns that share something are one:
   *
   * - a call and its output, wherever it comes, by the ids that the items name;
   * - a reasoning item and the item that it led to, which the provider refuses without it;
   * - an item of an unknown type and its neighbours, for nobody knows what it belongs to.
   *
   * Whatever shares something with the newest turn stays with it. So leaving turns out whole leaves
   * nothing in part.
   */

  private static final Set<String> INSTRUCTORS = Set.of("system", "developer");
  private static final Set<String> ROLES = Set.of("user", "assistant", "system", "developer");
  private static final List<String> IDS = List.of("id", "call_id", "approval_request_id");
  private static final Set<String> KNOWN =
      Set.of("mcp_list_tools", "mcp_approval_request", "mcp_approval_response");

  private static final int NONE = -1;

  private final int[] turnOf;
  private final int[] sameAs;
  private final int newest;

  private enum Kind {
    INSTRUCTION,
    USER,
    ASSISTANT,
    /** A call, its output, or what stands for one. */
    TOOL,
    REASONING,
    UNKNOWN
  }

  /**
   * @param items objects; an item that is none counts as unknown
   */
  Turns(JsonNode items) {
    var kinds = items.valueStream().map(Turns::kind).toList();
    turnOf = new int[kinds.size()];
    newest = number(kinds);
    sameAs = new int[newest + 1];
    for (int turn = 0; turn <= newest; turn++) sameAs[turn] = turn;
    joinNeighbours(kinds);
    joinPairs(items, kinds);
  }

  /** Groups of items that may be left out together, oldest first. */
  List<List<Integer>> droppable() {
    Map<Integer, List<Integer>> groups = new TreeMap<>();
    int kept = first(newest);
    for (int item = 0; item < turnOf.length; item++)
      if (turnOf[item] != NONE && first(turnOf[item]) != kept)
        groups.computeIfAbsent(first(turnOf[item]), _ -> new ArrayList<>()).add(item);
    // A group is as old as its newest item: who refers to an old turn still needs it.
    return groups.values().stream().sorted(Comparator.comparing(List::getLast)).toList();
  }

  private static Kind kind(JsonNode item) {
    var role = item.path("role").asString("");
    var type = item.path("type").asString(role.isEmpty() ? "" : "message");
    if (type.equals("message")) {
      if (!ROLES.contains(role)) return Kind.UNKNOWN;
      if (INSTRUCTORS.contains(role)) return Kind.INSTRUCTION;
      return role.equals("user") ? Kind.USER : Kind.ASSISTANT;
    }
    // What the provider made of a conversation that it compacted stands for all before it.
    if (type.equals("compaction")) return Kind.INSTRUCTION;
    if (type.equals("reasoning")) return Kind.REASONING;
    boolean isTool =
        type.endsWith("_call") || type.endsWith("_call_output") || KNOWN.contains(type);
    return isTool ? Kind.TOOL : Kind.UNKNOWN;
  }

  /** Gives each item the number of its turn; the last number is returned. */
  private int number(List<Kind> kinds) {
    int turn = 0;
    boolean isBegun = false;
    for (int item = 0; item < turnOf.length; item++) {
      var kind = kinds.get(item);
      if (kind == Kind.USER && isBegun) turn++;
      turnOf[item] = kind == Kind.INSTRUCTION ? NONE : turn;
      isBegun |= kind != Kind.INSTRUCTION;
    }
    return turn;
  }

  private void joinNeighbours(List<Kind> kinds) {
    int before = NONE;
    for (int item = 0; item < turnOf.length; item++) {
      if (turnOf[item] == NONE) continue;
      if (before != NONE && (needsNext(kinds.get(before)) || kinds.get(item) == Kind.UNKNOWN))
        join(turnOf[before], turnOf[item]);
      before = item;
    }
  }

  private static boolean needsNext(Kind kind) {
    return kind == Kind.REASONING || kind == Kind.UNKNOWN;
  }

  private void joinPairs(JsonNode items, List<Kind> kinds) {
    var seen = new HashMap<String, Integer>();
    for (int item = 0; item < turnOf.length; item++) {
      if (kinds.get(item) != Kind.TOOL && kinds.get(item) != Kind.UNKNOWN) continue;
      for (var name : IDS) {
        var id = items.path(item).path(name).asString("");
        if (id.isEmpty()) continue;
        var other = seen.putIfAbsent(id, turnOf[item]);
        if (other != null) join(other, turnOf[item]);
      }
    }
  }

  private void join(int turn, int other) {
    int one = first(turn);
    int two = first(other);
    sameAs[Math.max(one, two)] = Math.min(one, two);
  }

  private int first(int turn) {
    int first = turn;
    while (sameAs[first] != first) {
      sameAs[first] = sameAs[sameAs[first]]; // halves the way for whoever asks next
      first = sameAs[first];
    }
    return first;
  }
}
