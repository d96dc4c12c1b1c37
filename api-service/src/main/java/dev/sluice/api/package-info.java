/** The api-service: sockets and pages for clients; admits requests and relays their events. */
@NullMarked
package dev.sluice.api;

import org.jspecify.annotations.NullMarked;
