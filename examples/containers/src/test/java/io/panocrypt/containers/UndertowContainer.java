package io.panocrypt.containers;

import io.panocrypt.servlet.PanocryptServlets;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.ServletContainerInitializer;
import java.net.InetSocketAddress;
import java.util.Set;

/** Undertow 2.3. It needs no settings. */
final class UndertowContainer implements Container {
    @Override
    public int start(PanocryptServlets servlets, Targets targets) throws Exception {
        ServletContainerInitializer mount = (none, started) -> servlets.register(started);
        DeploymentInfo deployment = Servlets.deployment()
                .setClassLoader(UndertowContainer.class.getClassLoader())
                .setDeploymentName("app")
                .setContextPath(CONTEXT)
                .addServletContainerInitializer(new ServletContainerInitializerInfo(
                        mount.getClass(), new ImmediateInstanceFactory<>(mount), Set.of()));
        DeploymentManager manager = Servlets.defaultContainer().addDeployment(deployment);
        manager.deploy();
        Undertow undertow = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setHandler(Handlers.path().addPrefixPath(CONTEXT, manager.start()))
                .build();
        undertow.start();
        return ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
    }
}
