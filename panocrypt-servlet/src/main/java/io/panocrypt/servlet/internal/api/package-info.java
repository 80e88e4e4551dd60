/** The REST interface: the route table, one class of routes per kind of object, and the views that they answer with. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.servlet.internal.api;
