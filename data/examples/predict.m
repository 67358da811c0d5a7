% Optimal parameters of a link, and the key rate they give, from MATLAB through tfqkd's C interface.
%   predict('libtfqkd.so', 'tfqkd.h', 'bpnn.json')
% GNU Octave has no loadlibrary: there, ask the program, as predict_octave below does.
function predict(library, header, model_file)
  if exist('OCTAVE_VERSION', 'builtin')
    predict_octave(model_file);
    return
  end
  loadlibrary(library, header, 'alias', 'tfqkd');
  unload = onCleanup(@() unloadlibrary('tfqkd'));

  model = libpointer('tfqkd_modelPtr');
  check(calllib('tfqkd', 'tfqkd_model_load', model_file, model));
  release = onCleanup(@() calllib('tfqkd', 'tfqkd_model_free', model));
  protocol = calllib('tfqkd', 'tfqkd_model_protocol', model);

  quantities = calllib('tfqkd', 'tfqkd_link_count');
  link = zeros(1, quantities);
  for k = 1:quantities
    link(k) = calllib('tfqkd', 'tfqkd_link_default', k - 1);
    switch calllib('tfqkd', 'tfqkd_link_name', k - 1)
      case {'loss_a_db', 'loss_b_db'}, link(k) = 25;
      case 'pulses', link(k) = 1e13;
    end
  end

  count = calllib('tfqkd', 'tfqkd_parameter_count', protocol);
  parameters = libpointer('doublePtr', zeros(1, count));
  rate = libpointer('doublePtr', 0);
  outside = libpointer('int32Ptr', 0);
  check(calllib('tfqkd', 'tfqkd_predict', model, 1, link, parameters, rate, outside));
  for k = 1:count
    printf_line(calllib('tfqkd', 'tfqkd_parameter_name', protocol, k - 1), parameters.Value(k));
  end
  printf_line('key_rate_bit_per_pulse', max(rate.Value, 0));
  printf_line('outside', double(outside.Value));
end

function check(status)
  if ~isequal(status, 0) && ~isequal(status, 'TFQKD_OK')
    error('tfqkd:failed', '%s', calllib('tfqkd', 'tfqkd_error'));
  end
end

function predict_octave(model_file)
  [status, text] = system(['tfqkd predict --model "' model_file '" --loss-db 50 --pulses 1e13 --format json']);
  if status ~= 0
    error('tfqkd:failed', 'tfqkd predict ended with %d', status);
  end
  row = jsondecode(text).rows(1);
  names = fieldnames(row);
  for k = 1:numel(names)
    if isnumeric(row.(names{k}))
      printf_line(names{k}, row.(names{k}));
    end
  end
end

function printf_line(name, value)
  fprintf('%-28s %.10g\n', name, value);
end
