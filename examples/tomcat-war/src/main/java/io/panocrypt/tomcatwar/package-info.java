/** Unlocks in a servlet container, from the container's own DataSource. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.tomcatwar;
