import argparse
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GREETING = 'hello'


class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        known = self.path in ('/', '/healthcheck')
        self.send_response(200 if known else 404)
        self.send_header('Content-Type', 'text/plain; charset=utf-8')
        self.end_headers()
        self.wfile.write(f'{GREETING}\n'.encode() if known else b'not here\n')


if __name__ == '__main__':
    words = argparse.ArgumentParser()
    words.add_argument('--port', type=int, required=True)
    port = words.parse_args().port
    address = os.environ.get('HOST', '127.0.0.1')
    print(f'{GREETING} from {address}:{port}', flush=True)
    ThreadingHTTPServer((address, port), Hello).serve_forever()
