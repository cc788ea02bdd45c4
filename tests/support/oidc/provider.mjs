// A real OpenID provider: `node provider.mjs PORT REDIRECT_URI`. Anybody logs in with any password; PEOPLE says who they
// are, and whom `POST /people/NAME` (its body: the groups as JSON, or null) changes or removes.
import http from "node:http";
import { Provider, interactionPolicy } from "oidc-provider";

const [port, redirectUri] = process.argv.slice(2);
const PEOPLE = { finn: ["payments-finance"], aydin: ["payments-audit", "football"], olga: ["football"] };
const issuer = `http://localhost:${port}`;

// Whoever is switched off has to log in again, which "prompt=none" is told.
const policy = interactionPolicy.base();
const isGone = ({ oidc }) => Boolean(oidc.session.accountId) && !PEOPLE[oidc.session.accountId];
policy.get("login").checks.add(new interactionPolicy.Check("switched_off", "switched off", "login_required", isGone));

const provider = new Provider(issuer, {
    clients: [{ client_id: "desk", client_secret: "secret-of-the-desk", redirect_uris: [redirectUri] }],
    claims: { openid: ["sub"], email: ["email"], profile: ["preferred_username", "given_name"], groups: ["groups"] },
    scopes: ["openid", "email", "profile", "groups"],
    interactions: { policy },
    pkce: { required: () => true },
    cookies: { keys: ["only for tests"] },
    async findAccount(_context, name) {
        const claims = { preferred_username: name, given_name: name, email: `${name}@example.com`, groups: PEOPLE[name] };
        return { accountId: name, claims: async () => ({ sub: name, ...claims }) };
    },
});

const answer = provider.callback();
http.createServer((request, response) => {
    const [, folder, name] = request.url.split("/");
    if (folder !== "people") return answer(request, response);
    let body = "";
    request.on("data", (part) => (body += part)).on("end", () => {
        PEOPLE[name] = JSON.parse(body);
        response.end();
    });
}).listen(Number(port), "localhost", () => console.log("ready"));
