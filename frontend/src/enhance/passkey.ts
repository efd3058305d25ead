/**
 * Passkeys: a form marked data-passkey="create" or "get" asks the device, puts the answer into its hidden field
 * "credential" and is sent. What the device is asked comes from the page (data-options: id of its JSON) or from the
 * server (data-from). Fetched only by pages with such a form.
 */
interface Descriptor {
  id: string;
  type: PublicKeyCredentialType;
  transports?: AuthenticatorTransport[];
}

interface Options {
  publicKey: {
    challenge: string;
    user?: { id: string; name: string; displayName: string };
    excludeCredentials?: Descriptor[];
    allowCredentials?: Descriptor[];
    authenticatorSelection?: AuthenticatorSelectionCriteria;
    [other: string]: unknown;
  };
}

export function mount(form: HTMLFormElement): void {
  if (form.dataset.ready) return;
  form.dataset.ready = "1";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void ask(form);
  });
}

async function ask(form: HTMLFormElement): Promise<void> {
  if (!window.PublicKeyCredential) return tell(form, form.dataset.unable);
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  button?.setAttribute("aria-busy", "true");
  try {
    const options = await optionsOf(form);
    const found = form.dataset.passkey === "create" ? await create(options, form) : await get(options);
    if (!found) throw new Error("no credential");
    const field = form.elements.namedItem("credential") as HTMLInputElement;
    field.value = JSON.stringify(found);
    form.submit();
  } catch {
    // The reader pressed "cancel", waited too long, or the device would not: it does not say which.
    tell(form, form.dataset.cancelled);
  } finally {
    button?.removeAttribute("aria-busy");
  }
}

async function optionsOf(form: HTMLFormElement): Promise<Options["publicKey"]> {
  const from = form.dataset.from;
  if (!from) {
    const kept = document.getElementById(form.dataset.options ?? "")?.textContent ?? "{}";
    return (JSON.parse(kept) as Options).publicKey;
  }
  const response = await fetch(from, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
  if (!response.ok) throw new Error(String(response.status));
  return ((await response.json()) as { request_options: Options }).request_options.publicKey;
}

async function create(asked: Options["publicKey"], form: HTMLFormElement): Promise<unknown> {
  const selection = { ...asked.authenticatorSelection };
  if (form.dataset.resident !== undefined) {
    Object.assign(selection, { residentKey: "required", requireResidentKey: true, userVerification: "required" });
  }
  const made = (await navigator.credentials.create({
    publicKey: {
      ...asked, authenticatorSelection: selection, challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user?.id ?? "") },
      excludeCredentials: described(asked.excludeCredentials),
    } as unknown as PublicKeyCredentialCreationOptions,
  })) as PublicKeyCredential | null;
  if (!made) return null;
  const answer = made.response as AuthenticatorAttestationResponse;
  return {
    ...about(made), response: {
      clientDataJSON: text(answer.clientDataJSON), attestationObject: text(answer.attestationObject),
      transports: answer.getTransports?.() ?? [],
    },
  };
}

async function get(asked: Options["publicKey"]): Promise<unknown> {
  const found = (await navigator.credentials.get({
    publicKey: {
      ...asked, challenge: bytes(asked.challenge), allowCredentials: described(asked.allowCredentials),
    } as unknown as PublicKeyCredentialRequestOptions,
  })) as PublicKeyCredential | null;
  if (!found) return null;
  const answer = found.response as AuthenticatorAssertionResponse;
  return {
    ...about(found), response: {
      clientDataJSON: text(answer.clientDataJSON), authenticatorData: text(answer.authenticatorData),
      signature: text(answer.signature), userHandle: answer.userHandle ? text(answer.userHandle) : null,
    },
  };
}

function about(credential: PublicKeyCredential): Record<string, unknown> {
  return {
    id: credential.id, rawId: text(credential.rawId), type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

function described(listed: Descriptor[] | undefined): PublicKeyCredentialDescriptor[] | undefined {
  return listed?.map((one) => ({ ...one, id: bytes(one.id) }));
}

function bytes(base64url: string): ArrayBuffer {
  const plain = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0)).buffer as ArrayBuffer;
}

function text(found: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(found));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function tell(form: HTMLFormElement, words: string | undefined): void {
  let note = form.querySelector<HTMLElement>("[role=alert]");
  if (!note) {
    note = document.createElement("p");
    note.className = "form-error";
    note.setAttribute("role", "alert");
    form.prepend(note);
  }
  note.textContent = words ?? "";
}
