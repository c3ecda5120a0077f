/**
 * A Go program without dependencies: it listens where its configuration file says, on the host's own address, and
 * answers `/` with its version, the configuration's greeting and what `startdata` holds. `crash`: it does not start.
 */
export function golangFiles(version: string, mode: 'well' | 'crash' = 'well'): Record<string, string> {
  return {
    'go.mod': 'module example.org/shop\n\ngo 1.18\n',
    'main.go': source.replace('VERSION', version).replace('MODE', mode),
    'startdata/seed.txt': 'seed\n',
    'libs/note.txt': 'library\n',
  };
}

/** What the second repository holds for it. */
export function golangConfig(project: string, port: number, greeting: string): Record<string, string> {
  return { [`test/${project}.conf`]: `${port}\n${greeting}\n` };
}

const source = `package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"strings"
)

func main() {
	if "MODE" == "crash" {
		fmt.Fprintln(os.Stderr, "I cannot start: no queue")
		os.Exit(3)
	}
	if os.Args[1] != "-f" {
		os.Exit(2)
	}
	conf, err := os.ReadFile(os.Args[2])
	seed, missing := os.ReadFile("startdata/seed.txt")
	if err != nil || missing != nil {
		fmt.Fprintln(os.Stderr, err, missing)
		os.Exit(4)
	}
	lines := strings.Split(string(conf), "\\n")
	listener, err := net.Listen("tcp", os.Getenv("HOST")+":"+lines[0])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(5)
	}
	answer := "VERSION " + lines[1] + " " + strings.TrimSpace(string(seed))
	for {
		connection, err := listener.Accept()
		if err != nil {
			os.Exit(6)
		}
		go func() {
			defer connection.Close()
			bufio.NewReader(connection).ReadString('\\n')
			fmt.Fprintf(connection, "HTTP/1.0 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%s", len(answer), answer)
		}()
	}
}
`;
