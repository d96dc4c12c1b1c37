package dev.sluice.common.id;

import java.util.Set;

/**
 * Who is asking.
 *
 * @param user stable id of the user, from the token's subject
 * @param team the team that pays, {@code none} where the token names none
 * @param roles what the user may do: {@code chat}, {@code ops}, {@code finance}
 */
public record Caller(String user, String team, Set<String> roles) {}
