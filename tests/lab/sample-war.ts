/**
 * A maven project whose war answers every path with its version, a variable and the release that it was unpacked
 * from. `sick`: it fails while Tomcat starts it, and Tomcat goes on without it.
 */
export function warFiles(version: string, mode: 'well' | 'sick' = 'well'): Record<string, string> {
  return {
    'pom.xml': pom,
    'src/main/java/sample/Site.java': source.replaceAll('VERSION', version).replace('MODE', mode),
  };
}

/** Maven without any network, as Debian sets it up. */
export const offlineWar = '-B -q -o -s /etc/maven/settings-debian.xml -Dmaven.test.skip=true package';

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>org.example</groupId>
  <artifactId>site</artifactId>
  <version>1</version>
  <packaging>war</packaging>
  <properties>
    <maven.compiler.release>11</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies><dependency>
    <groupId>jakarta.servlet</groupId>
    <artifactId>servlet-api</artifactId>
    <version>6</version>
    <scope>system</scope>
    <systemPath>/usr/share/tomcat10/lib/servlet-api.jar</systemPath>
  </dependency></dependencies>
  <build><plugins><plugin>
    <groupId>org.apache.maven.plugins</groupId>
    <artifactId>maven-war-plugin</artifactId>
    <version>3.3.2</version>
    <configuration><failOnMissingWebXml>false</failOnMissingWebXml></configuration>
  </plugin></plugins></build>
</project>
`;

const source = `package sample;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

@WebServlet(urlPatterns = "/", loadOnStartup = 1)
public class Site extends HttpServlet {
  public void init() {
    if ("MODE".equals("sick")) throw new IllegalStateException("I cannot start: no datasource");
  }

  protected void doGet(HttpServletRequest request, HttpServletResponse response) throws java.io.IOException {
    if ("MODE".equals("sick")) throw new IllegalStateException("I am sick");
    response.getWriter().print("VERSION " + System.getenv("GREETING") + " " + System.getProperty("colour"));
  }
}
`;
