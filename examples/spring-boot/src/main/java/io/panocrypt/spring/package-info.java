/** Auto-configuration for Spring Boot 4: properties below {@code panocrypt}, and beans of the application where it has them. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.spring;
