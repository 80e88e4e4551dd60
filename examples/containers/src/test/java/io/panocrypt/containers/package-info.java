/** Tests of the servlets in the containers that hosts use. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.containers;
