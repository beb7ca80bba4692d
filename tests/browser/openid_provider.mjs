// An OpenID provider on the loopback that behaves as ProConnect does: nonce required, answers of /userinfo as a signed
// JWT, `amr` in the identity token only when the client asks for that claim, sessions ended at the client's request.
// Usage: node openid_provider.mjs. It prints its port, then reads lines: the address of the site that signs people in.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import Provider, { errors } from "oidc-provider";

// What the library tells of itself; the tests read the other stream.
console.info = console.warn = console.error;

const settings = (site) => ({
  clients: [
    {
      client_id: "senacs",
      client_secret: "secret-of-the-test-provider-only",
      redirect_uris: [`${site}/compte/oidc/proconnect/login/callback/`],
      post_logout_redirect_uris: [`${site}/`],
      userinfo_signed_response_alg: "RS256",
      token_endpoint_auth_method: "client_secret_post",
    },
  ],
  // Whoever signs in is « prenom.nom »; the address follows from it.
  findAccount: (_ctx, sub) => ({
    accountId: sub,
    claims: () => ({ sub, email: `${sub}@agents.example`, given_name: "Claire", usual_name: "Roy" }),
  }),
  claims: { openid: ["sub"], email: ["email"], profile: ["given_name", "usual_name"], amr: null },
  features: {
    devInteractions: { enabled: false },
    jwtUserinfo: { enabled: true },
    claimsParameter: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => {
        ctx.body = page("Fin de session", `${form}<button form="op.logoutForm" name="logout" value="yes">Terminer</button>`);
      },
    },
  },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  // The State's provider asks for no consent: what a service may know was agreed on beforehand.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid email profile");
    grant.addOIDCClaims(["amr", "given_name", "usual_name"]);
    await grant.save();
    return grant;
  },
  extraParams: {
    nonce(_ctx, value) {
      if (!value) throw new errors.InvalidRequest("nonce is required");
    },
  },
  pkce: { required: () => true },
});

let provider, answer, issuer;

function page(title, body) {
  return `<!DOCTYPE html><html lang="fr"><title>${title}</title><h1>${title}</h1>${body}</html>`;
}

async function interact(request, response) {
  if (request.method !== "POST") {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(
      page(
        "Fournisseur de test",
        `<form method="post"><label>Identifiant <input name="login"></label>
         <label><input type="checkbox" name="mfa"> Second facteur</label><button>Continuer</button></form>`,
      ),
    );
    return;
  }
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const sent = new URLSearchParams(Buffer.concat(chunks).toString());
  const login = { accountId: sent.get("login"), amr: sent.has("mfa") ? ["pwd", "totp", "mfa"] : ["pwd"] };
  await provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
}

const server = createServer((request, response) => {
  const handled = request.url.startsWith("/interaction/") ? interact(request, response) : answer(request, response);
  handled.catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
});
server.listen(0, "127.0.0.1", () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  console.log(server.address().port);
});
const sites = createInterface({ input: process.stdin });
// Ends with the test that started it, whatever stands between the two.
sites.on("close", () => process.exit(0));
sites.on("line", (site) => {
  provider = new Provider(issuer, settings(site.trim()));
  answer = provider.callback();
  console.log("ready");
});
