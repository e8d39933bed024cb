// app.js — what makes pages more comfortable; every page works without it.
import htmx from 'htmx.org';

window.htmx = htmx;

// A demonstration account is filled in by one click.
document.addEventListener('click', (event) => {
  const fill = event.target.closest('[data-account]');
  if (!fill) return;
  const form = document.getElementById('sign-in-form');
  form.elements.account.value = fill.dataset.account;
  form.elements.password.value = fill.dataset.password;
  form.querySelector('button[type=submit]').focus();
});

// Pickers answer when they are changed; the button beside them is for those without script.
document.addEventListener('change', (event) => {
  const box = event.target;
  if (box.matches('[data-show-password]')) {
    document.getElementById(box.dataset.showPassword).type = box.checked ? 'text' : 'password';
  } else if (box.form && box.form.hasAttribute('data-go') && box.checkValidity()) {
    box.form.requestSubmit();
  } else if (box.type === 'checkbox' && box.closest('[data-set]')) {
    // "None of these" and the others exclude each other.
    const all = [...box.closest('[data-set]').querySelectorAll('input[type=checkbox]')];
    if (box.checked) all.forEach((other) => { if (other !== box && (box.value === '-' || other.value === '-')) other.checked = false; });
  }
});

// A form is sent once, however often the button is pressed.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post' || event.defaultPrevented) return; // a list's form goes by itself
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = '1';
});
window.addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach((form) => delete form.dataset.sent));

// Telephones and citizen numbers go into no address: the form of a list is sent as it is without script.
document.addEventListener('htmx:configRequest', (event) => {
  const form = event.detail.elt;
  if (!form.matches('[data-numbers]')) return;
  const words = form.elements.q.value.normalize('NFKC').trim();
  if (!/^[-+.()·\u2010-\u2015\u2212 xX\d]+$/.test(words) || words.replace(/\D/g, '').length < 4) return;
  event.preventDefault();
  if (event.detail.triggeringEvent?.type === 'submit') form.submit();
});

document.querySelectorAll('[data-print]').forEach((button) => {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
});

// Charts come after the first paint, and only to pages that have one.
if (document.querySelector('[data-chart-of]')) {
  requestAnimationFrame(() => setTimeout(() => {
    const script = document.createElement('script');
    script.src = document.body.dataset.chart;
    document.body.append(script);
  }, 0));
}
