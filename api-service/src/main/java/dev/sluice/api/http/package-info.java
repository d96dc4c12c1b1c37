/** What is served over plain HTTP beside the socket, and the shape of errors there. */
@NullMarked
package dev.sluice.api.http;

import org.jspecify.annotations.NullMarked;
