/**
 * A maven project without dependencies whose jar answers `/` on `--server.port` of the host's own address with its
 * version, a system property and its last argument. `crash`: it does not start.
 */
export function javaFiles(version: string, mode: 'well' | 'crash' = 'well'): Record<string, string> {
  return {
    'pom.xml': pom.replace('VERSION', version),
    'src/main/java/Shop.java': source.replace('VERSION', version).replace('MODE', mode),
  };
}

/** Maven without any network, as Debian sets it up. */
export const offlineMaven = '-B -q -o -s /etc/maven/settings-debian.xml package';

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>org.example</groupId>
  <artifactId>shop</artifactId>
  <version>VERSION</version>
  <packaging>jar</packaging>
  <properties>
    <maven.compiler.release>11</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <build><plugins><plugin>
    <groupId>org.apache.maven.plugins</groupId>
    <artifactId>maven-jar-plugin</artifactId>
    <configuration><archive><manifest><mainClass>Shop</mainClass></manifest></archive></configuration>
  </plugin></plugins></build>
</project>
`;

const source = `import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;

public class Shop {
  public static void main(String[] args) throws Exception {
    if ("MODE".equals("crash")) {
      System.err.println("I cannot start: no datasource");
      System.exit(3);
    }
    int port = Integer.parseInt(args[0].replace("--server.port=", ""));
    String answer = "VERSION " + System.getProperty("greeting") + " " + args[args.length - 1];
    HttpServer server = HttpServer.create(new InetSocketAddress(System.getenv("HOST"), port), 0);
    server.createContext("/", exchange -> {
      byte[] bytes = answer.getBytes("UTF-8");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    });
    server.start();
  }
}
`;
